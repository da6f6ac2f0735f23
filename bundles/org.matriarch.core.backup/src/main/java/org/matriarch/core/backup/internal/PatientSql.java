package org.matriarch.core.backup.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An SQL session whose statements may take as long as they want, and whose caller can be interrupted nevertheless. */
final class PatientSql implements AutoCloseable {

    private final Connection connection;

    /** Takes a session over, and closes it in the end. */
    PatientSql(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setNetworkTimeout(Runnable::run, 0);
    }

    /** Turns the rows of an answer into something. */
    interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * Runs a query.
     *
     * @throws InterruptedException if the thread was interrupted; the session is of no use then
     */
    <T> T query(String text, Rows<T> rows, Object... parameters) throws SQLException, InterruptedException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            var answer = new FutureTask<T>(() -> {
                try (ResultSet found = statement.executeQuery()) {
                    return rows.read(found);
                }
            });
            var thread = new Thread(answer, Thread.currentThread().getName() + "-sql");
            thread.setDaemon(true);
            thread.start();
            return await(answer, statement);
        }
    }

    private <T> T await(FutureTask<T> answer, PreparedStatement statement) throws SQLException, InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            statement.cancel(); // lest the server goes on with its checkpoint for us
            connection.abort(Runnable::run);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
