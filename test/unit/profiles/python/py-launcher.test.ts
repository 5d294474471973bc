import { expect, test } from 'vitest';
import { parsePyLauncher } from '../../../../src/main/core/profiles/python/py-launcher.ts';

test('reads both generations of the launcher', () => {
  const output = [
    'Installed Pythons found by C:\\WINDOWS\\py.exe Launcher for Windows',
    ' -V:3.12 *        C:\\Users\\Kristóf\\AppData\\Local\\Programs\\Python\\Python312\\python.exe',
    ' -V:3.11          C:\\Program Files\\Python311\\python.exe',
    ' -V:ContinuumAnalytics/Anaconda39-64  C:\\Anaconda3\\python.exe',
    ' -3.8-64 *        D:\\old one\\python.exe',
    '  *               Active venv',
    'No installed Pythons found!',
  ].join('\r\n');
  expect(parsePyLauncher(output)).toEqual([
    'C:\\Users\\Kristóf\\AppData\\Local\\Programs\\Python\\Python312\\python.exe',
    'C:\\Program Files\\Python311\\python.exe',
    'C:\\Anaconda3\\python.exe',
    'D:\\old one\\python.exe',
  ]);
  expect(parsePyLauncher('')).toEqual([]);
});
