/** The types of commands that are not typed: in the menu of a member, and in that of a message. */

export const OF_MEMBER = 2;
export const OF_MESSAGE = 3;
