import { Menu } from '@base-ui/react/menu';
import { Link } from '@tanstack/react-router';
import { Check, LogOut, Search, UserRound } from 'lucide-react';
import { useState } from 'react';
import { chooseTheme, chosenTheme, type Theme } from '../lib/theme.ts';
import { initialsOf } from '../lib/words.ts';

const themes: readonly { readonly theme: Theme; readonly word: string }[] = [
  { theme: 'system', word: 'Theme of the system' },
  { theme: 'light', word: 'Light' },
  { theme: 'dark', word: 'Dark' },
];

export interface AccountMenuProps {
  readonly name: string;
  /** Opens what finds pools, hosts and verbs: the bar has no room for its button on a phone. */
  readonly onSearch: () => void;
  readonly onSignOut: () => void;
}

export function AccountMenu({ name, onSearch, onSignOut }: AccountMenuProps) {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Menu.Root>
      <Menu.Trigger className="face" aria-label={`${initialsOf(name)}, account menu: ${name}`}>
        {initialsOf(name)}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-20" side="bottom" align="end" sideOffset={8}>
          <Menu.Popup className="menu">
            <div className="menu-head">{name}</div>
            <div className="only-phone">
              <Menu.Item className="menu-item" onClick={onSearch}>
                <Search size={14} aria-hidden="true" />
                Search or run a command
              </Menu.Item>
            </div>
            <Menu.Item className="menu-item" render={<Link to="/account" />}>
              <UserRound size={14} aria-hidden="true" />
              Your account
            </Menu.Item>
            <Menu.Separator className="my-1.5 h-px bg-line" />
            <Menu.RadioGroup value={theme} onValueChange={choose}>
              {themes.map((one) => (
                <Menu.RadioItem key={one.theme} value={one.theme} className="menu-item" closeOnClick={false}>
                  <span className="grow">{one.word}</span>
                  <Menu.RadioItemIndicator>
                    <Check size={14} aria-hidden="true" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="my-1.5 h-px bg-line" />
            <Menu.Item className="menu-item" onClick={onSignOut}>
              <LogOut size={14} aria-hidden="true" />
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
