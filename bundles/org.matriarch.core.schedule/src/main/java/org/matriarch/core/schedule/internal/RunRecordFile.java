package org.matriarch.core.schedule.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** The text in which a record is kept on disk: one JSON object, readable for a person who looks for a reason. */
final class RunRecordFile {

    private static final JsonMapper JSON = new JsonMapper();

    private RunRecordFile() {}

    static byte[] write(RunRecord record) {
        ObjectNode node = JSON.createObjectNode();
        node.put("schedule", record.schedule());
        node.put("settled", record.settled().toString());
        record.begun()
                .ifPresent(begun -> node.putObject("begun")
                        .put("due", begun.due().toString())
                        .put("job", begun.job()));
        record.succeeded().ifPresent(due -> node.put("succeeded", due.toString()));
        record.missed()
                .ifPresent(missed -> node.putObject("missed")
                        .put("first", missed.first().toString())
                        .put("last", missed.last().toString())
                        .put("runs", missed.runs())
                        .put("reason", missed.reason()));
        record.failed()
                .ifPresent(failed -> node.putObject("failed")
                        .put("due", failed.due().toString())
                        .put("job", failed.job())
                        .put("error", failed.error()));
        return (node.toPrettyString() + "\n").getBytes(UTF_8);
    }

    /** Reads what {@link #write} wrote; an {@link IOException} says what is wrong with the text. */
    static RunRecord read(byte[] content) throws IOException {
        JsonNode node = JSON.readTree(content);
        try {
            return new RunRecord(
                    node.required("schedule").asText(),
                    time(node, "settled"),
                    find(node, "begun")
                            .map(begun -> new RunRecord.Begun(
                                    time(begun, "due"), begun.required("job").longValue())),
                    find(node, "succeeded").map(text -> Instant.parse(text.asText())),
                    find(node, "missed")
                            .map(missed -> new RunRecord.Missed(
                                    time(missed, "first"),
                                    time(missed, "last"),
                                    missed.required("runs").longValue(),
                                    missed.required("reason").asText())),
                    find(node, "failed")
                            .map(failed -> new RunRecord.Failed(
                                    time(failed, "due"),
                                    failed.required("job").longValue(),
                                    failed.required("error").asText())));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("not the record of a schedule: " + e.getMessage(), e);
        }
    }

    private static Optional<JsonNode> find(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field));
    }

    private static Instant time(JsonNode node, String field) {
        return Instant.parse(node.required(field).asText());
    }
}
