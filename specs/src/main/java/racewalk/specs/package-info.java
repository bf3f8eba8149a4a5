/** What must hold: the sequential specification, the invariants, scenarios, questions, and the ledger of verdicts. */
package racewalk.specs;
