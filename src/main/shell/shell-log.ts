/** The shell's own log file: small, rotated, redacted. */
import log from 'electron-log/main';
import type { ShellLog } from './shell-ports.ts';
import { redactLine } from './redact-line.ts';

/** Bytes of one log file; one older file is kept beside it. */
const limit = 512 * 1024;

export function openShellLog(file: string, development: boolean): ShellLog {
  const logger = log.create({ logId: 'shell' });
  logger.transports.file.resolvePathFn = () => file;
  logger.transports.file.maxSize = limit;
  logger.transports.console.level = development ? 'info' : false;
  logger.transports.ipc.level = false;
  logger.hooks.push(message => ({
    ...message,
    data: message.data.map(part => redactLine(typeof part === 'string' ? part : String(part))),
  }));
  return {
    info: message => logger.info(message),
    warn: message => logger.warn(message),
    error: message => logger.error(message),
  };
}
