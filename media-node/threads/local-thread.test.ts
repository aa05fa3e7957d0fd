import {
  channelIdSchema,
  organizationIdSchema,
  type ParticipantId,
  userIdSchema,
} from "@parley/contract/ids";
import { expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity } from "../rtc/dtls/dtls-identity.ts";
import { ScriptedClient } from "../rtc/testing/scripted-client.ts";
import { openLocalThread } from "./testing/open-local-thread.ts";

const ID = "019b0000-0000-7000-8000-000000000000";

it("what somebody says before they have entered a room is dropped and counted", async () => {
  const port = await bindPort({ port: 0, host: "127.0.0.1" });
  const identity = await createDtlsIdentity();
  const thread = openLocalThread(port, identity);
  const client = new ScriptedClient({ identity });
  const { answer } = await thread.accept(1, client.offer, ["127.0.0.1"]);
  await client.accept(answer);
  await client.connected;
  const said = async () => {
    const { packetsIn, drops } = await thread.counts();
    return [drops.rtp_before_entry, packetsIn];
  };
  client.speak(Buffer.alloc(80));
  await expect.poll(said).toEqual([1, 0]);
  thread.enter(1, {
    organizationId: organizationIdSchema.parse(ID),
    channelId: channelIdSchema.parse(ID),
    participant: { id: "1" as ParticipantId, userId: userIdSchema.parse(ID), name: "", muted: false },
    canSpeak: true,
    isPriority: false,
  });
  client.speak(Buffer.alloc(80));
  await expect.poll(said).toEqual([1, 1]);
  client.close();
  await thread.close();
  port.tcp.close();
  port.udp.close();
});
