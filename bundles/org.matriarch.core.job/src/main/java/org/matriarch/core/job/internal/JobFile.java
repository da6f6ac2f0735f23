package org.matriarch.core.job.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Progress;

/** The text in which a job is kept on disk: one JSON object, readable for a person who looks for a reason. */
final class JobFile {

    private static final JsonMapper JSON = new JsonMapper();

    private JobFile() {}

    static byte[] write(Job job) {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", job.id());
        node.put("kind", job.kind());
        node.put("server", job.server());
        node.put("subject", job.subject());
        node.put("state", job.state().name());
        node.put("doneBytes", job.progress().doneBytes());
        node.put("totalBytes", job.progress().totalBytes());
        node.put("step", job.progress().step());
        node.put("submitted", job.submitted().toString());
        job.started().ifPresent(time -> node.put("started", time.toString()));
        job.ended().ifPresent(time -> node.put("ended", time.toString()));
        job.errorCode().ifPresent(number -> node.put("errorCode", number));
        job.error().ifPresent(text -> node.put("error", text));
        job.hint().ifPresent(text -> node.put("hint", text));
        return (node.toPrettyString() + "\n").getBytes(UTF_8);
    }

    /** Reads what {@link #write} wrote; an {@link IOException} says what is wrong with the text. */
    static Job read(byte[] content) throws IOException {
        JsonNode node = JSON.readTree(content);
        try {
            return new Job(
                    required(node, "id").longValue(),
                    required(node, "kind").textValue(),
                    required(node, "server").textValue(),
                    required(node, "subject").textValue(),
                    JobState.valueOf(required(node, "state").textValue()),
                    new Progress(
                            required(node, "doneBytes").longValue(),
                            required(node, "totalBytes").longValue(),
                            required(node, "step").textValue()),
                    Instant.parse(required(node, "submitted").textValue()),
                    text(node, "started").map(Instant::parse),
                    text(node, "ended").map(Instant::parse),
                    Optional.ofNullable(node.get("errorCode")).map(JsonNode::intValue),
                    text(node, "error"),
                    text(node, "hint"));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("not the record of a job: " + e.getMessage(), e);
        }
    }

    private static JsonNode required(JsonNode node, String field) throws IOException {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new IOException("not the record of a job: '%s' is missing".formatted(field));
        }
        return value;
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).map(JsonNode::textValue);
    }
}
