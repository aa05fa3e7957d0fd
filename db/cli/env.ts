/** The only place of the database's commands that reads the environment. */
export interface Environment {
  databaseUrl: string;
  isProduction: boolean;
}

/** As `npm start` finds its database: `DATABASE_URL`, else the embedded one in `DATA_DIR`. */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  const given = (name: string) => (source[name] === "" ? undefined : source[name]);
  return {
    databaseUrl: given("DATABASE_URL") ?? `pglite://${given("DATA_DIR") ?? ".data"}`,
    isProduction: given("NODE_ENV") === "production" || given("SST_STAGE") === "production",
  };
}
