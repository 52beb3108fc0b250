/** Buttons that break things: the network of this page, its connection, the server's answer. */
import { type ReactNode, useState } from 'react';
import type { FaultInjector, NetworkFault } from './fault-injector.js';

/** Answers that the demonstration server gives on request. */
export type ServerOccasion = 'error' | 'cap';

interface FaultPanelProps {
  readonly injector: FaultInjector;
  readonly isConnected: boolean;
  readonly onOccasion: (occasion: ServerOccasion) => void;
}

export function FaultPanel({ injector, isConnected, onOccasion }: FaultPanelProps): ReactNode {
  return (
    <section className="card" aria-labelledby="faults">
      <h2 id="faults">Break something</h2>
      <div className="faults">
        <NetworkSwitch injector={injector} fault="offline" label="Offline" hint="No network for this page" />
        <NetworkSwitch injector={injector} fault="slow-3g" label="Slow 3G" hint={'100 kbit/s, 150\u00a0ms'} />
        <Trigger label="Stall" hint="Open, but silent" disabled={!isConnected} onClick={() => injector.hit('stall')} />
        <Trigger label="Cut" hint="Breaks in the middle" disabled={!isConnected} onClick={() => injector.hit('cut')} />
        <Trigger label="Server error" hint="Asks for an answer that fails" onClick={() => onOccasion('error')} />
        <Trigger label="Time cap" hint="Asks for an endless answer" onClick={() => onOccasion('cap')} />
      </div>
    </section>
  );
}

interface NetworkSwitchProps {
  readonly injector: FaultInjector;
  readonly fault: NetworkFault;
  readonly label: string;
  readonly hint: string;
}

function NetworkSwitch({ injector, fault, label, hint }: NetworkSwitchProps): ReactNode {
  const [on, setOn] = useState(false);
  const toggle = (): void => {
    injector.set(fault, !on);
    setOn(!on);
  };
  return (
    <button type="button" className="fault switch" aria-pressed={on} onClick={toggle}>
      <span className="name">
        {label}
        <span className="setting">{on ? 'on' : 'off'}</span>
      </span>
      <span className="hint">{hint}</span>
    </button>
  );
}

interface TriggerProps {
  readonly label: string;
  readonly hint: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Trigger({ label, hint, disabled = false, onClick }: TriggerProps): ReactNode {
  return (
    <button type="button" className="fault" disabled={disabled} onClick={onClick}>
      <span className="name">{label}</span>
      <span className="hint">{hint}</span>
    </button>
  );
}
