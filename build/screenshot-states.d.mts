import type { Browser, Page } from '@playwright/test';

export interface WindowState {
  readonly name: string;
}

export const states: readonly WindowState[];

export function openState(
  browser: Browser,
  state: WindowState,
  scheme: 'light' | 'dark',
  width: number,
): Promise<{ readonly page: Page; readonly problems: readonly string[] }>;
