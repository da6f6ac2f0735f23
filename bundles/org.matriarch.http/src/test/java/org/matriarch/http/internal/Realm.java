package org.matriarch.http.internal;

import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;

/** A realm of JAAS whose users have a role for their name, and their name twice for a password. */
final class Realm extends Configuration {

    static final String NAME = "karaf";

    static void install() {
        Configuration.setConfiguration(new Realm());
    }

    @Override
    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return new AppConfigurationEntry[] {
            new AppConfigurationEntry(
                    Users.class.getName(), AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, Map.of())
        };
    }

    /** Logs them in. */
    public static final class Users implements LoginModule {

        private final NameCallback name = new NameCallback("user: ");
        private final PasswordCallback password = new PasswordCallback("password: ", false);
        private Subject subject;
        private CallbackHandler handler;

        @Override
        public void initialize(
                Subject whom, CallbackHandler answers, Map<String, ?> sharedState, Map<String, ?> options) {
            subject = whom;
            handler = answers;
        }

        @Override
        public boolean login() throws LoginException {
            try {
                handler.handle(new Callback[] {name, password});
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            if (!(name.getName() + name.getName()).equals(new String(password.getPassword()))) {
                throw new FailedLoginException("no");
            }
            return true;
        }

        @Override
        public boolean commit() {
            subject.getPrincipals().add(new UserPrincipal(name.getName()));
            subject.getPrincipals().add(new RolePrincipal(name.getName()));
            return true;
        }

        @Override
        public boolean abort() {
            return true;
        }

        @Override
        public boolean logout() {
            return true;
        }
    }
}
