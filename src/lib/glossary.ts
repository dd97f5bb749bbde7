/** A word that a person reads, on the page, in a terminal or in a document. */
export interface Term {
  word: string;
  means: string;
  /** What the code calls it, where that is another word: nobody is to read this one. */
  inner?: readonly string[];
}

/** The words of ninjad: one for each thing, the same on every face. `test/house/words.test.ts` holds texts to it. */
export const glossary: readonly Term[] = [
  { word: 'event', means: 'what arrives: a line in the pipe, a message, a mail, a finding of a sensor' },
  { word: 'priority', means: 'how soon: HUMAN, URGENT, HIGH, NORMAL, LOW or IDLE' },
  { word: 'rule', means: 'what decides whether an event becomes a task, is answered at once, or goes' },
  { word: 'task', means: 'what the agent does for an event' },
  { word: 'agent', means: 'the program that does tasks, as a rule the claude CLI' },
  {
    word: 'place',
    means: 'what a task needs to run; there are as many as may run at once',
    inner: ['lane', 'lanes'],
  },
  {
    word: 'given up',
    means: 'tried as often as allowed, and waiting for you',
    inner: ['dead letter', 'dead letters', 'dead-lettered', 'dead-letter'],
  },
  {
    word: 'not understood',
    means: 'of a line in the pipe: it is not written as events are',
    inner: ['refused line', 'refused lines', 'line was refused', 'lines were refused'],
  },
  { word: 'conversation', means: 'messages that the agent reads as one talk' },
  { word: 'memory', means: 'a text that is kept and found again when it fits' },
  { word: 'goal', means: 'what runs by the clock' },
  { word: 'sensor', means: 'what looks at a part of this machine by the clock' },
  { word: 'host', means: 'another machine that is watched' },
  { word: 'finding', means: 'what the detectors see go wrong again and again' },
  { word: 'wish', means: 'an improvement of ninjad itself, which you decide about' },
  { word: 'from outside', means: 'of a text: a mail or a page said it, so that it is read and never obeyed' },
  { word: 'this machine’s', means: 'of a text: a program of this machine wrote it, not you' },
  { word: 'run', means: 'what a goal or a sensor does once, at its time' },
  { word: 'cap', means: 'the most that tasks may cost in a day or a month' },
];

/** The words of the machine room. */
export const innerWords: readonly string[] = [
  ...glossary.flatMap(({ inner = [] }) => inner),
  'without.waiting',
  'open.quiet',
];
