package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.ZapCost;

/**
 * What it costs to tell a device that PTEs are zapped, by notifier design: counted on the model, with nobody else
 * there. The times are JMH's affair.
 */
final class NotifierBench {

    /** The designs of which the thread argued, in their order. */
    static final List<String> NOTIFIERS = List.of(
            "arcangeli",
            "arcangeli-pages",
            "lameter",
            "piggin",
            "piggin-july",
            "arcangeli-v9",
            "emm",
            "v17",
            "srcu",
            "interval");

    /** One without an end that flushes, and one that holds a lock for each call. */
    static final List<String> DEVICES = List.of("gru-lockless-rule-active", "kvm-seq");

    private static final List<Integer> PTES = List.of(1, 8, 64, 512);

    private static final List<String> COLUMNS = List.of(
            "notifier",
            "device",
            "PTEs",
            "callbacks",
            "PT lock",
            "RCU",
            "device's lock",
            "device's TLB flushes",
            "CPUs' TLB flushes");

    /** All counts. They are the same on every machine. */
    Section count() {
        List<List<Object>> rows = new ArrayList<>();
        for (String device : DEVICES) {
            for (String notifier : NOTIFIERS) {
                for (int ptes : PTES) {
                    rows.add(row(notifier, device, ptes));
                }
            }
        }
        return new Section(
                "What a zap of one leaf table costs, by notifier",
                COLUMNS,
                rows,
                List.of(
                        "counted, not timed: how often each is called, taken or flushed by one zap_page_range",
                        "there are two CPUs; a gather holds 506 pages, and a full one flushes the CPUs' TLBs"),
                List.of());
    }

    private static List<Object> row(String notifier, String device, int ptes) {
        ZapCost.Counts counts = ZapCost.count(
                (Design.Notifier) Designs.find(Kind.NOTIFIER, notifier).orElseThrow(),
                (Design.Secondary) Designs.find(Kind.SECONDARY, device).orElseThrow(),
                ptes);
        return Arrays.asList(
                notifier,
                device,
                (long) ptes,
                counts.callbacks(),
                locks(counts, "ptl"),
                orNothing(locks(counts, "rcu")),
                orNothing(locks(counts, "dev0.")),
                orNothing(counts.deviceFlushes()),
                counts.cpuFlushes());
    }

    private static long locks(ZapCost.Counts counts, String prefix) {
        return counts.locks().entrySet().stream()
                .filter(lock -> lock.getKey().startsWith(prefix))
                .mapToLong(lock -> lock.getValue())
                .sum();
    }

    private static Long orNothing(long count) {
        return count == 0 ? null : count;
    }
}
