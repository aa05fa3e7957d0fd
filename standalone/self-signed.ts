/**
 * A certificate of one's own for a LAN (`npm start -- --https`): browsers warn of it once, and then give the
 * page a microphone. Kept in DATA_DIR, so that the warning comes once and not after each start.
 */
import { X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** Apple's limit for certificates that a browser may still be told to accept is 825 days. */
const DAYS = 800;
const RENEW_BEFORE_MS = 7 * 24 * 3600 * 1000;

export interface SelfSigned {
  certFile: string;
  keyFile: string;
  /** SHA-256, as browsers show it. */
  fingerprint: string;
}

/** `publicAddress` is named in the certificate, too. Makes a new one when names are missing or it soon expires. */
export async function ensureSelfSigned(
  dataDirectory: string,
  publicAddress: string | undefined,
): Promise<SelfSigned> {
  const directory = join(dataDirectory, "tls");
  const certFile = join(directory, "cert.pem");
  const keyFile = join(directory, "key.pem");
  const names = ownNames(publicAddress);
  const existing = await readFile(certFile, "utf8").catch(() => undefined);
  if (existing !== undefined && isGood(existing, names)) return { certFile, keyFile, ...read(existing) };

  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = await generate([{ name: "commonName", value: "Parley" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + DAYS * 24 * 3600 * 1000),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.hosts.map((value) => ({ type: 2 as const, value })),
          ...names.addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  await writeWhole(keyFile, made.private);
  await writeWhole(certFile, made.cert);
  return { certFile, keyFile, ...read(made.cert) };
}

/** Addresses of this machine that others on its networks can open. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && address.family === "IPv4")
    .map((address) => address.address);
}

function ownNames(publicAddress: string | undefined) {
  const isAddress = publicAddress !== undefined && /^[\d.]+$|:/.test(publicAddress);
  const extra = publicAddress === undefined ? [] : [publicAddress];
  return {
    hosts: [...new Set(["localhost", hostname(), ...(isAddress ? [] : extra)])],
    addresses: [...new Set(["127.0.0.1", "::1", ...lanAddresses(), ...(isAddress ? extra : [])])],
  };
}

function isGood(pem: string, names: ReturnType<typeof ownNames>): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const isFresh = certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS;
    return (
      isFresh &&
      names.hosts.every((host) => certificate.checkHost(host)) &&
      names.addresses.every((address) => certificate.checkIP(address))
    );
  } catch {
    return false;
  }
}

const read = (pem: string) => ({ fingerprint: new X509Certificate(pem).fingerprint256 });

/** Whole or not at all, and for the owner's eyes only. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
