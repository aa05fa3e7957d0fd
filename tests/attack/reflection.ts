/**
 * Somebody in a call forges checks from a third party's address, so that the node sends there what should go to
 * themselves. They know the password, so the checks are good; but the third party doesn't answer (RFC 7675 §4).
 */
import type { Attack, Scene } from "./attack.ts";
import { sound } from "./listening.ts";
import { Stranger } from "./stranger.ts";

/** As RFC 9000 §8.1 allows to an address that hasn't proved itself. */
const AMPLIFICATION_MAX = 3;
const CHECKS = 3;
/** A flight is repeated five times by then, a question 20 times. */
const AFTER_CHECK_MS = 1_000;
/** Only a handshake's flight is as large. */
const FLIGHT_BYTES_MIN = 500;

function reflected(name: string, leavesInHandshake: boolean): Attack {
  return {
    name,
    needsCall: false,
    async run({ arena, note, require }: Scene) {
      const room = { ch: "01890000-0000-7000-8000-fffffffffffa" as never };
      const talker = await arena.join(room);
      const talk = setInterval(() => talker.client.speak(sound(0)), 20);
      const liar = await arena.enter(room, { answersChecks: false });
      const gone = new Promise<void>((resolve) => {
        liar.client.onDatagram = ({ length }) => {
          if (!leavesInHandshake || length < FLIGHT_BYTES_MIN) return;
          // With the flight unanswered, so that it is repeated.
          liar.client.onDatagram = () => {};
          liar.client.close();
          resolve();
        };
      });
      await liar.client.accept(liar.answer, "127.0.0.1");
      await (leavesInHandshake ? gone : liar.client.connected);
      const thirdParty = await Stranger.open(arena.port);
      let sentBytes = 0;
      for (let n = 0; n < CHECKS; n++) {
        const forged = liar.client.check();
        sentBytes += forged.length;
        await thirdParty.sendAll([forged], AFTER_CHECK_MS);
      }
      const { repliedBytes } = thirdParty;
      thirdParty.close();
      clearInterval(talk);
      note(`${CHECKS} checks of ${sentBytes} bytes, ${repliedBytes} bytes to the address that they name`);
      require(repliedBytes > 0, "the checks are good");
      require(repliedBytes <= AMPLIFICATION_MAX * sentBytes, "it gets three bytes for each at the most");
      liar.signal.socket.terminate();
      if (!leavesInHandshake) liar.client.close();
      await talker.leave();
    },
  };
}

export const reflectionAttacks: readonly Attack[] = [
  reflected("Checks forged from somebody else's address, in the handshake", true),
  reflected("Checks forged from somebody else's address, during a call", false),
];
