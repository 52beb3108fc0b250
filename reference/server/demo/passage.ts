/** What the demonstration server streams. */

const PASSAGE = `A stream that can be trusted begins by saying who it is. It gives itself a name, tells how long it
means to live and how often it will show that it is still there, and only then does it speak. Every piece of the answer
carries a number, and the numbers leave no holes, so that whoever counts along knows at once when something went missing.
Between the pieces there is a pulse. It says nothing new about the answer, but silence without it means trouble, and a
listener who hears nothing for three beats hangs up and calls again. Calling again costs little: the listener names the
last number it heard, and the story goes on from there, word for word as it was told the first time. It does not matter
that the train went through a tunnel, that a proxy lost patience or that the laptop slept through lunch; the teller kept
talking to its notebook all the while. Nor does the story go on for ever. Either it is finished, or its time is up, or
something broke, and in each case the last line says so. A story that simply stops has not ended. It has been cut, and
the listener who knows the difference never mistakes half an answer for a whole one.`;

/** The passage word by word; the pieces put together again are the passage. */
export const WORDS: readonly string[] = PASSAGE.replaceAll('\n', ' ').match(/\S+\s*/g) ?? [];
