/** Inline icons, 24 × 24, drawn with the text's colour. They never carry meaning alone. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const micBody = (
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3M8.500 21h7" />
  </>
);

export const MicIcon = () => <Icon>{micBody}</Icon>;

export const MicOffIcon = () => (
  <Icon>
    {micBody}
    <path d="M4 4l16 16" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </Icon>
);

export const VoiceIcon = () => (
  <Icon>
    <path d="M5 10v4M9.700 6v12M14.300 8.500v7M19 11v2" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="M9 6l6 6-6 6" />
  </Icon>
);

export const LeaveIcon = () => (
  <Icon>
    <path d="M4 15.500c-1.500-1.500-1.300-3.800.7-5.100a13.500 13.500 0 0 1 14.600 0c2 1.300 2.200 3.600.7 5.100l-.6.600-3.900-1.500v-3a12 12 0 0 0-7 0v3L4.600 16.100z" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const AlertIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.500v5M12 16.200v.1" />
  </Icon>
);

export const GearIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="3.200" />
    <path d="M12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M18.400 5.600l-1.800 1.800M7.400 16.600l-1.800 1.800" />
  </Icon>
);

export const QuestionIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M9.500 9.500a2.500 2.500 0 1 1 3.600 2.200c-.8.400-1.100.9-1.100 1.800M12 16.500v.1" />
  </Icon>
);
