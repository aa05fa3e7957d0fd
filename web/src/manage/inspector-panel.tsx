import type { Channel, ChannelDetail } from "@parley/contract/channels";
import { type UserId, userIdSchema } from "@parley/contract/ids";
import { PERMISSION_NAMES, SPEAK } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { useEffect, useState } from "react";
import { type InspectorNames, reasonWords, verdictWords } from "./inspector-words.ts";
import { Problem } from "./problem.tsx";
import { useLoad } from "./use-load.ts";
import { labelOf, useMembers } from "./use-members.tsx";

interface InspectorPanelProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  channels: readonly Channel[];
  /** Whom to ask about first. */
  you: UserId;
  /** Which permission to ask about first. */
  first: bigint | undefined;
  /** Only those who manage the channel or roles may ask about others. */
  onlyYou: boolean;
}

/** “Why can't Bob speak here?” */
export function InspectorPanel({
  organization,
  channel,
  channels,
  you,
  first,
  onlyYou,
}: InspectorPanelProps) {
  const [person, setPerson] = useState<UserId>(you);
  const [bit, setBit] = useState((first ?? SPEAK).toString());
  const members = useMembers(organization);
  const roles = useLoad(organization.roles);
  const { value: inspection, problem } = useLoad(() => organization.inspect(channel.id, person), person);
  // Whoever looks for somebody and finds one means them.
  const [only, another] = members.people;
  const meant = only && !another && !onlyYou ? only.userId : undefined;
  useEffect(() => {
    if (meant !== undefined) setPerson(meant);
  }, [meant]);
  const nameOf = (id: string) => members.nameOf(id) ?? (id === you ? "you" : "somebody");
  const found = members.people.filter(({ userId }) => !onlyYou || userId === you);
  // Whoever is asked about stays in the list while somebody else is looked for.
  const people = found.some(({ userId }) => userId === person)
    ? found
    : [{ userId: person, username: nameOf(person), nickname: null }, ...found];
  const names: InspectorNames = {
    person: nameOf(person),
    member: nameOf,
    role: (id) => roles.value?.find((role) => role.id === id)?.name ?? "that is gone",
    channel: (id) => channels.find((one) => one.id === id)?.name ?? "a channel above",
  };
  const asked = inspection?.bits.find((one) => one.bit === bit);
  const permission = PERMISSION_NAMES.find((one) => one.bit.toString() === bit)?.name ?? "";

  return (
    <div className="panel">
      {!onlyYou && members.search}
      <div className="side-by-side">
        <label>
          Who
          <select value={person} onChange={(event) => setPerson(userIdSchema.parse(event.target.value))}>
            {people.map((one) => (
              <option key={one.userId} value={one.userId}>
                {labelOf(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          may or may not
          <select value={bit} onChange={(event) => setBit(event.target.value)}>
            {PERMISSION_NAMES.map(({ bit: one, key, name }) => (
              <option key={key} value={one.toString()}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem text={problem} />
      {asked && inspection?.userId === person && members.loaded && roles.value && (
        <section aria-label="Answer" aria-live="polite">
          <p className="verdict" data-granted={asked.granted}>
            {verdictWords(asked, permission, channel.name, names)}
          </p>
          {asked.reasons.length > 1 && (
            <>
              <h3>How it came to that</h3>
              <ol className="reasons">
                {asked.reasons.map((reason) => (
                  <li key={JSON.stringify(reason)} data-effect={reason.effect}>
                    {reasonWords(reason, names)}
                  </li>
                ))}
              </ol>
            </>
          )}
          <h3>All permissions of {names.person} here</h3>
          <ul className="granted-list">
            {PERMISSION_NAMES.map(({ bit: one, key, name }) => {
              const granted = inspection.bits.find(({ bit: other }) => other === one.toString())?.granted;
              return (
                <li key={key} data-granted={granted}>
                  <span aria-hidden="true">{granted ? "✓" : "✕"}</span> {name}
                  <span className="hidden">{granted ? ": yes" : ": no"}</span>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </div>
  );
}
