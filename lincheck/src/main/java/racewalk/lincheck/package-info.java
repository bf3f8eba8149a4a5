/** Lincheck over the designs: an engine that shares nothing with the explorer but the model and what must hold. */
package racewalk.lincheck;
