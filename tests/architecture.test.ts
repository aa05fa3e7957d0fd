/** The arrows of architecture.md: which part may import which. Every import of every source file is checked. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const PARTS = ["contract", "db", "functions", "media-node", "sdk", "web", "standalone", "tests", "bench"];

/** Part → other parts that it may import. What isn't named here is forbidden. */
const MAY_IMPORT: Record<string, string[]> = {
  contract: [],
  db: ["contract"],
  functions: ["contract", "db"],
  "media-node": ["contract"],
  sdk: ["contract"],
  web: ["sdk", "contract"],
  standalone: ["contract", "db", "functions", "media-node"],
  tests: PARTS.filter((part) => part !== "bench"),
  bench: PARTS,
};

interface Import {
  file: string;
  part: string;
  /** Path inside the part, for rules between its folders. */
  inside: string;
  target: string;
}

const imports = PARTS.flatMap((part) =>
  sourceFiles(join(ROOT, part)).flatMap((file) => importsOf(part, file)),
);

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(part: string, file: string): Import[] {
  const text = readFileSync(file, "utf8");
  // Formatted sources: a statement starts its line and ends with a semicolon; only declarations have "=".
  const pattern =
    /^(?:import|export)\s[^;=]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    const target = specifier.startsWith(".") ? relative(ROOT, resolve(dirname(file), specifier)) : specifier;
    return { file: relative(ROOT, file), part, inside: relative(join(ROOT, part), file), target };
  });
}

const partOf = (target: string): string | undefined =>
  /^@parley\/([^/]+)/.exec(target)?.[1] ?? PARTS.find((part) => target.startsWith(`${part}/`));

const violations = (forbidden: (entry: Import) => boolean): string[] =>
  imports.filter(forbidden).map((entry) => `${entry.file} imports ${entry.target}`);

describe("the import arrows", () => {
  it("sees the sources", () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it("each part imports only the parts that it may", () => {
    const forbidden = violations(({ part, target }) => {
      const other = partOf(target);
      return other !== undefined && other !== part && !MAY_IMPORT[part]?.includes(other);
    });
    expect(forbidden).toEqual([]);
  });

  it("another part is imported by its package name, never by a path", () => {
    const forbidden = violations(
      ({ part, target }) => !target.startsWith("@parley/") && (partOf(target) ?? part) !== part,
    );
    expect(forbidden).toEqual([]);
  });

  it("contract imports nothing but zod", () => {
    const forbidden = violations(
      ({ part, file, target }) =>
        part === "contract" &&
        !file.includes(".test.") &&
        !file.startsWith("contract/testing/") &&
        target !== "zod" &&
        !target.startsWith("contract/"),
    );
    expect(forbidden).toEqual([]);
  });

  it("the media node's core is pure: of node it knows only assert", () => {
    const forbidden = violations(
      ({ inside, part, file, target }) =>
        part === "media-node" &&
        inside.startsWith("core/") &&
        !file.includes(".test.") &&
        !["node:assert/strict"].includes(target) &&
        !/^@parley\/contract\//.test(target) &&
        !target.startsWith("media-node/core/"),
    );
    expect(forbidden).toEqual([]);
    const impure = /\b(Date\.now|new Date|performance\.now|Math\.random|setTimeout|setInterval)\b/;
    const core = sourceFiles(join(ROOT, "media-node/core")).filter((file) => !file.includes(".test."));
    expect(core.filter((file) => impure.test(readFileSync(file, "utf8")))).toEqual([]);
  });

  it("rtc, signal, cluster and port use the core and never each other", () => {
    const folders = ["rtc", "signal", "cluster", "port"];
    const forbidden = violations(({ part, file, inside, target }) => {
      if (file.includes(".test.")) return false;
      const own = folders.find((folder) => inside.startsWith(`${folder}/`));
      const other = folders.find((folder) => target.startsWith(`media-node/${folder}/`));
      return part === "media-node" && own !== undefined && other !== undefined && own !== other;
    });
    expect(forbidden).toEqual([]);
  });

  it("werift stays in tests and benchmarks, Hono out of the domain, React in the page", () => {
    const forbidden = violations(
      ({ file, target }) =>
        (target === "werift" && !/^bench\/|\.test\.ts$/.test(file)) ||
        (/^@?hono/.test(target) && file.startsWith("functions/domain/")) ||
        (/^react/.test(target) && !file.startsWith("web/")),
    );
    expect(forbidden).toEqual([]);
  });

  it("ioredis stays in the adapters: counters, directory, cluster", () => {
    const adapters = /^(functions\/(limits|directory)|media-node\/cluster)\//;
    const forbidden = violations(
      ({ file, target }) =>
        target === "ioredis" && !adapters.test(file) && !/\/testing\/|\.test\./.test(file),
    );
    expect(forbidden).toEqual([]);
  });

  it("clients and servers made for tests stay in tests and benchmarks", () => {
    const forbidden = violations(
      ({ file, part, target }) =>
        /\/testing\//.test(target) &&
        part !== "tests" &&
        part !== "bench" &&
        !/\.test\.|\/testing\//.test(file),
    );
    expect(forbidden).toEqual([]);
  });

  it("nothing imports bench", () => {
    expect(violations(({ part, target }) => part !== "bench" && partOf(target) === "bench")).toEqual([]);
  });
});
