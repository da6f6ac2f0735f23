package org.matriarch.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PrivilegedAction;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

final class RoleTest {

    @Test
    void includesThoseBeforeIt() {
        assertThat(Role.ADMIN.includes(Role.VIEWER)).isTrue();
        assertThat(Role.OPERATOR.includes(Role.OPERATOR)).isTrue();
        assertThat(Role.VIEWER.includes(Role.OPERATOR)).isFalse();
        assertThat(Role.find("operator")).contains(Role.OPERATOR);
        assertThat(Role.find("manager")).isEmpty();
    }

    @Test
    void letsPassWhoHasTheRoleAlone() {
        var otto = new Caller("otto", Optional.of(Role.OPERATOR));

        assertThatCode(() -> otto.require(Role.VIEWER, "backup:list")).doesNotThrowAnyException();
        assertThatThrownBy(() -> otto.require(Role.ADMIN, "backup:delete"))
                .hasMessage(
                        "MATR-1006: backup:delete needs the role 'admin', and user 'otto' has 'operator'\n"
                                + "HINT: log in as a user who has it, or have an administrator add it in etc/users.properties.");
    }

    /** With Karaf's principals it is tested where Karaf is. */
    @Test
    void takesNothingForARoleThatOnlyHasItsName() {
        var subject = new Subject(true, Set.of(new X500Principal("CN=admin")), Set.of(), Set.of());

        @SuppressWarnings("removal")
        Caller caller = Subject.doAs(subject, (PrivilegedAction<Caller>) Caller::current);

        assertThat(caller).isEqualTo(new Caller("", Optional.empty()));
        assertThat(Caller.current()).isEqualTo(caller);
        assertThatThrownBy(() -> caller.require(Role.VIEWER, "backup:list"))
                .hasMessageContaining("and the caller has none");
    }
}
