import { orNull, postgresUrl, setting } from '../config/setting.ts';

/** Settings of the database. */
export const storeSettings = {
  'database.url': setting(orNull(postgresUrl), null, {
    description: 'Postgres server to use; null runs the embedded database.',
    env: 'DATABASE_URL',
    hot: false,
    secret: true,
  }),
};
