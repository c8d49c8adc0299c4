import { Icon, type IconName } from '../controls/Icon';
import { MenuItem } from '../controls/MenuItem';
import { Popover } from '../controls/Popover';
import { THEMES, type Theme } from './theme';
import type { ThemeChoice } from './useTheme';

const LOOKS: Record<Theme, { icon: IconName; label: string }> = {
  system: { icon: 'screen', label: 'Follow system' },
  light: { icon: 'sun', label: 'Light' },
  dark: { icon: 'moon', label: 'Dark' },
};

export function ThemeMenu({ theme, choose }: ThemeChoice) {
  return (
    <Popover label={`Theme: ${LOOKS[theme].label}`} role="menu" button={<Icon name={LOOKS[theme].icon} />}>
      {(close) =>
        THEMES.map((each) => (
          <MenuItem
            key={each}
            icon={LOOKS[each].icon}
            checked={each === theme}
            onSelect={() => {
              choose(each);
              close();
            }}
          >
            {LOOKS[each].label}
          </MenuItem>
        ))
      }
    </Popover>
  );
}
