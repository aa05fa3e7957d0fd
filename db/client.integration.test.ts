/** What an operator meets when the url, the server or the rights are wrong: one sentence that says what to do. */
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openDatabase, sanitizeUrl } from "./client.ts";
import { migrate } from "./migrate.ts";
import { isEmpty, seed } from "./seed.ts";
import { onDrivers } from "./testing/on-drivers.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

test.each([
  ["postgres://voip:s3cret@db.example:5432/parley", "postgres://voip:****@db.example:5432/parley"],
  ["postgres://voip@db/parley?password=s3cret", "postgres://voip@db/parley?password=****"],
  ["postgres://voip@db/parley?PASSWORD=s3cret", "postgres://voip@db/parley?PASSWORD=****"],
  ["postgres://voip:s3:cr@et@/", "a database url that can't be read"],
  ["voip:s3cret@localhost:5432/parley", "a database url that can't be read"],
  ["postgres:/voip:s3cret@h/db", "a database url that can't be read"],
])("a url is shown without its password: %s", (url, shown) => {
  expect(sanitizeUrl(url)).toBe(shown);
});

test.each([
  ["mysql://root:s3cret@localhost/x", /No database driver for "mysql:\/\/…"/],
  ["postgres://voip:s3cret@[::1/x", /can't be read/],
  ["postgres://voip:s3cret@localhost", /lacks a host or the name of a database/],
  ["pglite://", /names no directory/],
  ["just words s3cret", /No database driver/],
  ["voip:s3cret@localhost:5432/parley", /No database driver/],
  ["postgres:/voip:s3cret@h/db", /No database driver/],
  ["postgres://voip:s3cret@localhost/%zz", /Percent-encode/],
])("%s is refused before anything is opened, and its password isn't repeated", async (url, message) => {
  const error: Error = await openDatabase(url).then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("s3cret");
});

const source = inject("databaseSource");

const nameOf = (url: string | undefined): string => new URL(url ?? "").pathname.slice(1);

onDrivers(["postgres", "neon"], () =>
  describe("a server", () => {
    const { url, webSocketProxy } = source as { url: string; webSocketProxy?: string };
    const options = webSocketProxy === undefined ? {} : { webSocketProxy };
    const urlWith = (change: Partial<URL>): string => Object.assign(new URL(url), change).href;
    const messageOf = (wrong: string, more = options): Promise<string> =>
      openDatabase(wrong, more).then(
        async (database) => {
          await database.close();
          return "opened";
        },
        (error: Error) => error.message,
      );
    let admin: TestDatabase;

    beforeAll(async () => {
      admin = await openTestDatabase({ empty: true });
    });
    afterAll(() => admin.close());
    const run = (statements: string) =>
      admin.driver.withConnection((connection) => connection.run(statements));

    test("with a wrong password says whose it is, and not what it was", async () => {
      const message = await messageOf(urlWith({ password: "s3cret" }));
      expect(message).toMatch(/it refuses the password of "voip". Correct it in DATABASE_URL/);
      expect(message).not.toContain("s3cret");
    });

    test("whose database is missing makes it, also for eight that come at once", async () => {
      const name = `made_${process.pid}_${source.driver}`;
      const missing = urlWith({ pathname: `/${name}` });
      const opened = await Promise.all(Array.from({ length: 8 }, () => openDatabase(missing, options)));
      await Promise.all(opened.map((database) => database.ping()));
      await Promise.all(opened.map((database) => database.close()));
      await run(`drop database ${name}`);
    });

    test("whose database is missing and may not be made says how to make it", async () => {
      await run("drop role if exists guest_of_test");
      await run("create role guest_of_test login password 'guest'");
      const wrong = urlWith({ pathname: "/nowhere", username: "guest_of_test", password: "guest" });
      const message = await messageOf(wrong);
      expect(message).toMatch(
        /"nowhere" doesn't exist and "guest_of_test" may not create it. Create it \(CREATE DATABASE/,
      );
      await run(`revoke connect on database ${nameOf(admin.url)} from public`);
      const closed = Object.assign(new URL(wrong), { pathname: `/${nameOf(admin.url)}` }).href;
      expect(await messageOf(closed)).toMatch(/"guest_of_test" may not connect to the database/);
      await run(`grant connect on database ${nameOf(admin.url)} to public`);
      await run("drop role guest_of_test");
    });

    onDrivers(["postgres"], () =>
      describe("reached over TCP", () => {
        test("where nothing listens says so", async () => {
          const probe = createServer().listen(0, "127.0.0.1");
          await once(probe, "listening");
          const { port } = probe.address() as { port: number };
          probe.close();
          await once(probe, "close");
          expect(await messageOf(urlWith({ port: String(port) }))).toMatch(
            /nothing listens there. Is Postgres running\?/,
          );
        });

        test("with an unknown host names it", async () => {
          expect(await messageOf(urlWith({ hostname: "nowhere.invalid" }))).toMatch(/"nowhere.invalid"/);
        });

        test("without TLS is refused where the url asks for it, and taken where it only prefers it", async () => {
          const sslMode = (mode: string) => urlWith({ search: `?sslmode=${mode}` });
          expect(await messageOf(sslMode("require"))).toMatch(/does not offer TLS/);
          expect(await messageOf(sslMode("prefer"))).toBe("opened");
          expect(await messageOf(sslMode("disable"))).toBe("opened");
          expect(await messageOf(sslMode("allow"))).toMatch(/sslmode=allow is not known/);
        });

        test("that closes every connection ends in an error, not in waiting", async () => {
          const rude = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
          await once(rude, "listening");
          const { port } = rude.address() as { port: number };
          expect(await messageOf(urlWith({ port: String(port) }))).toMatch(/ECONNRESET|terminated|closed/i);
          rude.close();
          await once(rude, "close");
        });
      }),
    );
  }),
);

onDrivers(["pglite"], () =>
  describe("a database in a directory", () => {
    test("keeps what was written, and is opened by one at a time", async () => {
      const scratch = await scratchDirectory();
      const url = `pglite://${scratch.path}`;
      const first = await openDatabase(url);
      await migrate(first);
      await seed(first, { production: false });
      await expect(openDatabase(url)).rejects.toThrow(`pid ${process.pid}`);
      await first.close();
      await first.close();
      const second = await openDatabase(url);
      expect(await migrate(second)).toBe(0);
      expect(await isEmpty(second)).toBe(false);
      await second.close();
      await scratch.remove();
    });
  }),
);
