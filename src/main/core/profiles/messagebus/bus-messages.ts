/**
 * Which types of message a link to a bus permits: what the roles stand for, and what a link may be given in
 * their place.
 */
import type { MessageRules } from '../../role-ports.ts';
import type { MessagePermissions } from '../../../../shared/share-model.ts';

/** Whether a list permits a type: the type itself, or its beginning and a star. Pure. */
export function permits(list: readonly string[], type: string): boolean {
  return list.some(one => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type));
}

/**
 * What a satellite needs to hear a person, have it understood, and speak the answer: the list that voice
 * satellites of OVOS are given by practice. Nothing that changes the assistant, its skills or the computer.
 */
const satellite: MessagePermissions = {
  send: [
    'recognizer_loop:utterance',
    'recognizer_loop:b64_audio',
    'recognizer_loop:b64_transcribe',
    'recognizer_loop:record_begin',
    'recognizer_loop:record_end',
    'recognizer_loop:audio_output_start',
    'recognizer_loop:audio_output_end',
    'speak:b64_audio',
    // The greeting of every client of OVOS: it asks for the default session, which a satellite is not shown.
    'ovos.session.sync',
  ],
  receive: [
    'speak',
    'speak:b64_audio.response',
    'recognizer_loop:b64_transcribe.response',
    'mycroft.mic.listen',
    'mycroft.audio.play_sound',
    'mycroft.audio.queue',
    'ovos.utterance.handled',
    'ovos.utterance.cancelled',
    'complete_intent_failure',
    'mycroft.skill.handler.start',
    'mycroft.skill.handler.complete',
  ],
};

export const busMessages: MessageRules = {
  presets: {
    viewer: { send: [], receive: ['*'] },
    editor: satellite,
    full: { send: ['*'], receive: ['*'] },
  },
  refuse(role, { send }) {
    if (role === 'viewer' && send.length > 0) return 'A viewer of a message bus sends nothing.';
    return role === 'editor' && send.includes('*')
      ? 'To let guests send everything, use the role full.'
      : null;
  },
  // A skill is code, and by the bus it is installed; of types that are not a satellite's nobody knows what
  // they set off.
  runsCode: (role, { send }) => role === 'full' || send.some(type => !satellite.send.includes(type)),
};
