/** Secondary MMUs: devices and guests with translations of their own, as their drivers keep them. */
package racewalk.secondary;
