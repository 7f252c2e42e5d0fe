import type { PoolView } from '@serverctl/contract';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import { CheckField } from '../../ui/field.tsx';
import type { SettingProps } from './setting-props.ts';
import { SettingSection } from './setting-section.tsx';
import { useSetting } from './use-setting.ts';

const readIpv6 = ({ ipv6 }: PoolView) => ({ ipv6 });
const ipv6Choices: readonly {
  readonly value: PoolView['ipv6'];
  readonly word: string;
  readonly lines: readonly string[];
}[] = [
  {
    value: 'drop',
    word: 'Drop',
    lines: ['The AAAA goes away with the promotion, and comes back with a member that has an IPv6 address.'],
  },
  { value: 'require', word: 'Require', lines: ['Such a member is no candidate, and does not become active.'] },
];

/** What becomes of an AAAA beside an A when the next active member has no IPv6 address. */
export function Ipv6Setting({ pool, refused }: SettingProps) {
  const setting = useSetting({ pool, read: readIpv6, patch: ({ ipv6 }) => ({ ipv6 }) });
  return (
    <SettingSection
      title="IPv6"
      lede="For names that have an AAAA beside an A: what happens when the next member has no IPv6 address."
      setting={setting}
      words={({ ipv6 }) => ipv6}
      verb="Save IPv6"
      refused={refused}
    >
      <ChoiceCards
        label="A member without IPv6"
        choices={ipv6Choices}
        value={setting.shown.ipv6}
        disabled={refused !== null || setting.isWorking}
        onValue={(ipv6) => setting.change({ ipv6 })}
      />
    </SettingSection>
  );
}

const readDynamic = ({ dynamicDns }: PoolView) => ({ dynamicDns });

export function DynamicDnsSetting({ pool, refused }: SettingProps) {
  const setting = useSetting({ pool, read: readDynamic, patch: ({ dynamicDns }) => ({ dynamicDns }) });
  return (
    <SettingSection
      title="Dynamic DNS"
      lede="For hosts whose public address changes by itself."
      setting={setting}
      words={({ dynamicDns }) => (dynamicDns ? 'on' : 'off')}
      verb="Save dynamic DNS"
      refused={refused}
    >
      <CheckField
        label="The records follow the public address of the active member"
        hint="At most once a minute and six times an hour, never to a private address or another member’s. Switched on, they follow at once where it has changed before."
        checked={setting.shown.dynamicDns}
        disabled={refused !== null || setting.isWorking}
        onChecked={(dynamicDns) => setting.change({ dynamicDns })}
      />
    </SettingSection>
  );
}
