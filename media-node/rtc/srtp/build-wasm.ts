/** `npm run build:wasm`: compiles assembly/srtp.ts to srtp.wasm. The same source gives the same bytes everywhere. */
import { readFile, writeFile } from "node:fs/promises";
import { main } from "assemblyscript/asc";
import { MEMORY_PAGES } from "./memory-layout.ts";

const SOURCE = new URL("./assembly/srtp.ts", import.meta.url);
const ARTEFACT = new URL("./srtp.wasm", import.meta.url);

/** Throws with the compiler's own words when the source doesn't compile. */
export async function compileWasm(): Promise<Uint8Array> {
  const source = await readFile(SOURCE, "utf8");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      ...["srtp.ts", "--outFile", "srtp.wasm", "--runtime", "stub", "--enable", "simd"],
      ...["--optimizeLevel", "3", "--converge", "--noAssert", "--use", "abort="],
      ...["--importMemory", "--initialMemory", `${MEMORY_PAGES}`, "--maximumMemory", `${MEMORY_PAGES}`],
    ],
    {
      readFile: (name) => (name === "srtp.ts" ? source : null),
      writeFile: (name, contents) => {
        if (name === "srtp.wasm" && typeof contents !== "string") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary)
    throw new Error(`assembly/srtp.ts doesn't compile: ${stderr.toString()}`, { cause: error });
  return binary;
}

if (import.meta.main) await writeFile(ARTEFACT, await compileWasm());
