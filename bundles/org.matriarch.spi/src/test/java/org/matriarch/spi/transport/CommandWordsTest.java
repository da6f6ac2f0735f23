package org.matriarch.spi.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Reads words as a shell does, and executes nothing. */
class CommandWordsTest {

    @Test
    void splitsAtSpaces() {
        assertThat(CommandWords.split("  ssh -p\t2222  pg ")).containsExactly("ssh", "-p", "2222", "pg");
        assertThat(CommandWords.split(" ")).containsExactly("");
    }

    @Test
    void takesQuotedWordsAsTheyAre() {
        assertThat(CommandWords.split("a\\ b 'c \"d\"' \"e \\\" $(f) 'g'\"h '' i'j'k"))
                .containsExactly("a b", "c \"d\"", "e \" $(f) 'g'h", "", "ijk");
    }

    @Test
    void refusesAQuoteThatIsNotClosed() {
        assertThatThrownBy(() -> CommandWords.split("ssh 'pg"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a quote in it is not closed");
    }
}
