package org.matriarch.http.internal.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CommandHelpTest {

    @Test
    void wrapsADescriptionAtWordsUnderItsBeginning() {
        assertThat(CommandHelp.entry("job:list", "Lists running and past jobs, newest first.", 34))
                .isEqualTo("""
                          job:list  Lists running and past
                                    jobs, newest first.
                        """);
    }

    @Test
    void wrapsNothingWithoutATerminal() {
        assertThat(CommandHelp.entry("job:list", "a b", 0)).isEqualTo("  job:list  a b\n");
    }
}
