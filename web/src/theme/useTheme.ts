import { useEffect, useState } from 'react';
import { useMediaQuery } from '../controls/useMediaQuery';
import { applyTheme, rememberedTheme, schemeOf, type Scheme, type Theme } from './theme';

export interface ThemeChoice {
  theme: Theme;
  scheme: Scheme;
  choose: (theme: Theme) => void;
}

export function useTheme(): ThemeChoice {
  const [theme, choose] = useState<Theme>(rememberedTheme);
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)');
  useEffect(() => applyTheme(theme), [theme]);
  return { theme, scheme: schemeOf(theme, systemIsDark), choose };
}
