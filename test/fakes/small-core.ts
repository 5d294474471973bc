// A core in small, for tests that kill it: node small-core.ts ROOT MODE. Says `ready PID` when its server is.
import { join } from 'node:path';
import { fakePlan, notingLog, simpleRedactor } from './supervised.ts';
import { supervise } from '../../src/main/core/server/supervisor.ts';

const [root = '', mode = 'good'] = process.argv.slice(2);

const supervised = supervise({
  serverId: 'fake',
  name: 'Fake',
  plan: fakePlan({ mode }),
  runRoot: join(root, 'run'),
  logFile: join(root, 'logs', 'fake.log'),
  folder: root,
  user: 'tester',
  redactor: simpleRedactor(),
  log: notingLog(),
  clock: Date.now,
  onChange: now => {
    if (now.pid !== null && now.state !== 'ready') console.log(`launched ${now.pid}`);
  },
  onLine: () => undefined,
});

await supervised.start();
console.log(`ready ${supervised.pid}`);
