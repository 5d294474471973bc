/*
 * Windows only, and not yet run there. The fault: a core that is killed leaves its server running. A Job
 * Object with KILL_ON_JOB_CLOSE whose only handle the core holds makes the system itself end the server,
 * whatever ends the core: the kernel closes the handle. Sources: Microsoft's "Job Objects" and the headers
 * winnt.h and jobapi2.h. A process joins the job a moment after it started: what the server starts in that
 * moment is outside; the next start of Gatehouse finds it by its record.
 */
import type Koffi from 'koffi';
import type { TypeObject } from 'koffi';

export interface JobObject {
  /**
   * Puts a process, and whatever it starts from now on, into the job. Throws with the system's error number.
   */
  add(pid: number): void;
  /** Closes the handle: whatever is still in the job ends. */
  close(): void;
}

/** JobObjectExtendedLimitInformation of JOBOBJECTINFOCLASS. */
const extendedLimitClass = 9;
const killOnJobClose = 0x2000;
/** PROCESS_SET_QUOTA | PROCESS_TERMINATE, which AssignProcessToJobObject asks for. */
const assignRights = 0x0100 | 0x0001;

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION: 144 bytes where pointers have 8. */
export function extendedLimits(koffi: typeof Koffi): TypeObject {
  const basic = koffi.struct({
    PerProcessUserTimeLimit: 'int64',
    PerJobUserTimeLimit: 'int64',
    LimitFlags: 'uint32',
    MinimumWorkingSetSize: 'size_t',
    MaximumWorkingSetSize: 'size_t',
    ActiveProcessLimit: 'uint32',
    Affinity: 'size_t',
    PriorityClass: 'uint32',
    SchedulingClass: 'uint32',
  });
  const counters = koffi.struct({
    ReadOperationCount: 'uint64',
    WriteOperationCount: 'uint64',
    OtherOperationCount: 'uint64',
    ReadTransferCount: 'uint64',
    WriteTransferCount: 'uint64',
    OtherTransferCount: 'uint64',
  });
  return koffi.struct({
    BasicLimitInformation: basic,
    IoInfo: counters,
    ProcessMemoryLimit: 'size_t',
    JobMemoryLimit: 'size_t',
    PeakProcessMemoryUsed: 'size_t',
    PeakJobMemoryUsed: 'size_t',
  });
}

/** Makes a job whose processes end with its last handle. Throws where the system refuses. */
export async function openJobObject(): Promise<JobObject> {
  const { default: koffi } = await import('koffi');
  const kernel = koffi.load('kernel32.dll');
  const limits = extendedLimits(koffi);
  const create = kernel.func('CreateJobObjectW', 'void *', ['void *', 'void *']);
  const set = kernel.func('SetInformationJobObject', 'bool', [
    'void *',
    'int',
    koffi.pointer(limits),
    'uint32',
  ]);
  const openProcess = kernel.func('OpenProcess', 'void *', ['uint32', 'bool', 'uint32']);
  const assign = kernel.func('AssignProcessToJobObject', 'bool', ['void *', 'void *']);
  const closeHandle = kernel.func('CloseHandle', 'bool', ['void *']);
  const lastError = kernel.func('GetLastError', 'uint32', []);
  const need = (good: unknown, what: string): void => {
    if (good === null || good === false) throw new Error(`${what} failed with error ${String(lastError())}`);
  };
  const job: unknown = create(null, null);
  need(job, 'CreateJobObject');
  const wanted = { BasicLimitInformation: { LimitFlags: killOnJobClose } };
  need(set(job, extendedLimitClass, wanted, koffi.sizeof(limits)), 'SetInformationJobObject');
  return {
    add(pid) {
      const process: unknown = openProcess(assignRights, false, pid);
      need(process, 'OpenProcess');
      try {
        need(assign(job, process), 'AssignProcessToJobObject');
      } finally {
        closeHandle(process);
      }
    },
    close: () => void closeHandle(job),
  };
}
