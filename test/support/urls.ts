export const TEMPLATE_DATABASE = 'tranche_template';

/** The role that the application signs in as, everywhere in the tests: it may not do what only migrations may. */
export const APPLICATION_LOGIN = { user: 'tranche_test', password: 'password-of-tranche_test' };

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export function withLogin(url: string, login: { user: string; password: string }): string {
  const changed = new URL(url);
  changed.username = login.user;
  changed.password = login.password;
  return changed.href;
}
