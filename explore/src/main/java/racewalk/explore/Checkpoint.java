package racewalk.explore;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A search between two steps: all that it takes to go on.
 *
 * @param done what has been found so far
 * @param table the visited states
 * @param work what every worker still has to do
 */
record Checkpoint(Exploration done, StateTable table, List<Stack> work) {

    /** Everything is still to be done. */
    static Checkpoint ofNothing(StateTable table) {
        return new Checkpoint(
                new Exploration(Counts.NONE, null, Map.of(), List.of()), table, List.of(Stack.ofEverything()));
    }

    private static final String FORMAT = "racewalk checkpoint 1";
    private static final int BUFFER = 1 << 20;

    /** Writes beside {@code file} and moves it there. */
    void write(Path file, String identity) {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(beside), BUFFER))) {
                out.writeUTF(FORMAT);
                out.writeUTF(identity);
                writeDone(out);
                writeWork(out);
                table.write(out);
                out.writeUTF(FORMAT);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CheckpointException("the checkpoint " + file + " cannot be written: " + e, e);
        }
    }

    /**
     * Reads {@code file}.
     *
     * @param memory how many bytes the table may grow to
     * @throws CheckpointException if it is none, or of another search
     */
    static Checkpoint read(Path file, String identity, long memory) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            if (!in.readUTF().equals(FORMAT)) {
                throw new CheckpointException(file + " is no checkpoint of this version of racewalk");
            }
            String written = in.readUTF();
            if (!written.equals(identity)) {
                throw new CheckpointException("the checkpoint " + file + " is of another search: it was written for "
                        + written + ", this is " + identity + "; leave out --resume to start anew");
            }
            Exploration done = readDone(in);
            List<Stack> work = readWork(in);
            StateTable table = StateTable.read(in, memory);
            if (!in.readUTF().equals(FORMAT)) {
                throw new IOException("its end is missing");
            }
            return new Checkpoint(done, table, work);
        } catch (NoSuchFileException e) {
            throw new CheckpointException("there is no checkpoint " + file + ": leave out --resume to start anew", e);
        } catch (IOException e) {
            throw new CheckpointException(file + " is no whole checkpoint: " + e, e);
        }
    }

    private void writeDone(DataOutputStream out) throws IOException {
        out.writeLong(done.counts().transitions());
        out.writeLong(done.counts().executions());
        out.writeInt(done.counts().depth());
        out.writeInt(done.findings().size());
        for (Finding finding : done.findings().values()) {
            out.writeUTF(finding.property());
            out.writeUTF(finding.message());
            writeSchedule(out, finding.schedule());
            out.writeInt(finding.preemptions());
        }
        out.writeInt(done.marks().size());
        for (String mark : done.marks()) {
            out.writeUTF(mark);
        }
    }

    private static Exploration readDone(DataInputStream in) throws IOException {
        Counts counts = new Counts(0, in.readLong(), in.readLong(), in.readInt());
        Map<String, Finding> findings = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            Finding finding = new Finding(in.readUTF(), in.readUTF(), readSchedule(in), in.readInt());
            findings.put(finding.property(), finding);
        }
        List<String> marks = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            marks.add(in.readUTF());
        }
        return new Exploration(counts, null, findings, marks);
    }

    private static void writeSchedule(DataOutputStream out, Schedule schedule) throws IOException {
        out.writeInt(schedule.length());
        for (Schedule.Choice choice : schedule.steps()) {
            out.writeByte(choice.task());
            out.writeShort(choice.way());
        }
    }

    private static Schedule readSchedule(DataInputStream in) throws IOException {
        List<Schedule.Choice> steps = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            steps.add(new Schedule.Choice(in.readByte(), in.readShort()));
        }
        return new Schedule(steps);
    }

    private void writeWork(DataOutputStream out) throws IOException {
        out.writeInt(work.size());
        for (Stack stack : work) {
            out.writeInt(stack.levels().size());
            for (Stack.Level level : stack.levels()) {
                out.writeByte(level.task());
                out.writeShort(level.way());
                out.writeInt(level.todo());
                out.writeShort(level.nextWay());
                writePrint(out, level.begun());
                out.writeInt(level.sleep());
                out.writeByte(level.prints().size());
                for (Footprint print : level.prints()) {
                    writePrint(out, print);
                }
            }
        }
    }

    private static List<Stack> readWork(DataInputStream in) throws IOException {
        List<Stack> work = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            List<Stack.Level> levels = new ArrayList<>();
            for (int l = in.readInt(); l > 0; l--) {
                int task = in.readByte();
                int way = in.readShort();
                int todo = in.readInt();
                int nextWay = in.readShort();
                Footprint begun = readPrint(in);
                int sleep = in.readInt();
                Footprint[] prints = new Footprint[in.readByte()];
                for (int p = 0; p < prints.length; p++) {
                    prints[p] = readPrint(in);
                }
                levels.add(new Stack.Level(task, way, todo, nextWay, begun, sleep, Arrays.asList(prints)));
            }
            work.add(new Stack(levels));
        }
        return work;
    }

    private static void writePrint(DataOutputStream out, Footprint print) throws IOException {
        out.writeBoolean(print != null);
        if (print != null) {
            print.write(out);
        }
    }

    private static Footprint readPrint(DataInputStream in) throws IOException {
        return in.readBoolean() ? Footprint.read(in) : null;
    }
}
