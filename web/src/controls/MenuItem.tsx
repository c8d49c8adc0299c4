import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

interface MenuItemProps {
  icon: IconName;
  onSelect: () => void;
  /** Given for one of several choices. */
  checked?: boolean;
  disabled?: boolean;
  /** A key that does the same. */
  shortcut?: string;
  children: ReactNode;
}

export function MenuItem({ icon, onSelect, checked, disabled, shortcut, children }: MenuItemProps) {
  return (
    <button
      type="button"
      className="menu-item"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      disabled={disabled}
      tabIndex={-1}
      onClick={onSelect}
    >
      <Icon name={icon} />
      <span className="menu-item__text">{children}</span>
      {shortcut !== undefined && <kbd className="menu-item__shortcut">{shortcut}</kbd>}
      {checked === true && <Icon name="check" />}
    </button>
  );
}
