package racewalk.explore;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a long search keeps what it has done, so that it can go on after it was stopped, by whatever.
 *
 * @param file is written beside and moved into place; deleted when the search has ended by itself
 * @param every how often, while the search runs; it is written once more when a limit ends the search
 * @param identity what is searched, and by which version: a file of another search is refused
 * @param resume whether to go on with what the file has
 */
public record Checkpoints(Path file, Duration every, String identity, boolean resume) {}
