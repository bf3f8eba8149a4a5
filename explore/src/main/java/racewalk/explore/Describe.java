package racewalk.explore;

import racewalk.machine.Access;

/** Announced operations as text. */
final class Describe {

    private Describe() {}

    static String op(Op op) {
        return switch (op) {
            case Op.WordOp(ExploredWord word, Access access) -> access.verb() + " " + word.name();
            case Op.UnitOp unit -> unit.what();
            case Op.ChooseOp choose -> "choose " + choose.what();
            case Op.Settled settled -> "locals " + settled.locals();
            case Op.LoopHead loop -> "loop " + loop.what();
            case Op.Respond respond -> "return " + respond.result();
            case Op.Broken broken -> broken.property();
            case Op.OutOfScope scope -> scope.message();
            case Op.Done _ -> "the end";
        };
    }
}
