/**
 * Three network namespaces: a node inside, a router that forwards one port to it as Docker's does, and people
 * outside. Everything stays in them; the machine's own network isn't touched.
 */
import { spawnSync } from "node:child_process";
import { ensurePrograms } from "./programs.ts";

const OUTSIDE = "198.51.100.2";
/** The only address that people outside know: the router's. */
export const PUBLIC = "198.51.100.1";
const GATEWAY = "10.99.0.1";
const NODE = "10.99.0.2";

export interface NatNetwork {
  inside: string;
  outside: string;
  /** The router drops every UDP packet, as many firewalls of companies do. */
  blockUdp(): void;
  remove(): void;
}

export function createNatNetwork(port: number): NatNetwork {
  if (process.getuid?.() !== 0)
    throw new Error(
      "Network namespaces need root: run the browser tests as root, for instance in a container.",
    );
  ensurePrograms(() => {});
  const [inside, router, outside] = ["inside", "router", "outside"].map(
    (name) => `parley-${name}-${process.pid}`,
  ) as [string, string, string];
  const all = [inside, router, outside];
  const remove = () => {
    for (const name of all) spawnSync("ip", ["netns", "delete", name]);
  };
  try {
    for (const name of all) {
      run(`ip netns add ${name}`);
      run(`ip -n ${name} link set lo up`);
    }
    link(inside, `${NODE}/24`, router, `${GATEWAY}/24`, "lan");
    link(outside, `${OUTSIDE}/24`, router, `${PUBLIC}/24`, "wan");
    run(`ip -n ${inside} route add default via ${GATEWAY}`);
    run(`ip netns exec ${router} sysctl -qw net.ipv4.ip_forward=1`);
    nft(router, "add table ip nat");
    nft(router, "add chain ip nat prerouting { type nat hook prerouting priority dstnat; }");
    for (const protocol of ["tcp", "udp"])
      nft(
        router,
        `add rule ip nat prerouting ip daddr ${PUBLIC} ${protocol} dport ${port} dnat to ${NODE}:${port}`,
      );
  } catch (error) {
    remove();
    throw error;
  }
  return {
    inside,
    outside,
    blockUdp() {
      nft(router, "add table ip filter");
      nft(router, "add chain ip filter forward { type filter hook forward priority filter; }");
      nft(router, "add rule ip filter forward meta l4proto udp drop");
    },
    remove,
  };
}

function link(a: string, addressOfA: string, b: string, addressOfB: string, name: string): void {
  run(`ip -n ${a} link add ${name} type veth peer name ${name} netns ${b}`);
  run(`ip -n ${a} address add ${addressOfA} dev ${name}`);
  run(`ip -n ${b} address add ${addressOfB} dev ${name}`);
  run(`ip -n ${a} link set ${name} up`);
  run(`ip -n ${b} link set ${name} up`);
}

const nft = (namespace: string, rule: string) => run(`ip netns exec ${namespace} nft ${rule}`);

function run(command: string): void {
  const [program = "", ...words] = command.split(" ");
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
