/** A channel's place in the tree, for who doesn't drag: on a phone, say. */
import type { ChannelDetail } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { has, MANAGE_CHANNEL } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { useState } from "react";
import { ChannelOptions } from "./channel-options.tsx";
import { dropPlace, keyPlace } from "./channel-place.ts";
import { Problem } from "./problem.tsx";
import { SavedNote } from "./saved-note.tsx";
import { SteadyButton } from "./steady-button.tsx";
import { useAction } from "./use-action.ts";

interface ChannelPlaceFormProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  channels: readonly ChannelDetail[];
  mayManageTop: boolean;
  onChanged(): void;
}

export function ChannelPlaceForm(props: ChannelPlaceFormProps) {
  const { organization, channel, channels, mayManageTop, onChanged } = props;
  const { id, parentId } = channel;
  /** Until somebody chooses, where it is, also when others move it meanwhile. */
  const [chosen, setChosen] = useState<string>();
  const below = chosen ?? parentId ?? "";
  const { problem, done, run } = useAction();
  const parents = channels.filter(
    (one) =>
      one.id === parentId ||
      (has(BigInt(one.permissions), MANAGE_CHANNEL) && dropPlace(channels, id, one.id, "inside")),
  );
  const move = async (place: { parentId: ChannelId | null; afterId: ChannelId | null } | undefined) => {
    if (!place || !(await run(() => organization.moveChannel(id, place)))) return;
    setChosen(undefined);
    onChanged();
  };
  /** Behind all that are there. */
  const moveBelow = () => {
    const parent = parents.find((one) => one.id === below)?.id ?? null;
    const last = channels.findLast((one) => one.parentId === parent && one.id !== id);
    return move({ parentId: parent, afterId: last?.id ?? null });
  };
  const [up, down] = [keyPlace(channels, id, "ArrowUp"), keyPlace(channels, id, "ArrowDown")];

  return (
    <fieldset className="moderation">
      <legend>Place in the tree</legend>
      <div className="inline">
        <label>
          Below
          <select value={below} onChange={(event) => setChosen(event.target.value)}>
            {(mayManageTop || parentId === null) && <option value="">(top level)</option>}
            <ChannelOptions of={parents} within={channels} />
          </select>
        </label>
        <SteadyButton idle={below === (parentId ?? "")} onPress={() => void moveBelow()}>
          Move there
        </SteadyButton>
        <SteadyButton idle={!up} onPress={() => void move(up)}>
          Move up
        </SteadyButton>
        <SteadyButton idle={!down} onPress={() => void move(down)}>
          Move down
        </SteadyButton>
        <SavedNote when={done} words="It was moved." />
      </div>
      <Problem text={problem} />
    </fieldset>
  );
}
