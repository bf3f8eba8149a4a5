/** Migration of pages to other frames: the designs of 2016 and after, as they were posted, and their repairs. */
package racewalk.migrate;
