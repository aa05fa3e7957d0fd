/** Whether the panel around is on the screen: one in another tab stays as it is, and is asked for anew when it is back. */
import { createContext } from "react";

export const ShownContext = createContext(true);
