/**
 * How a guest installs the local authority, and takes it out again, on each system. `ca.crt` is DER, `ca.pem`
 * the same in letters.
 */
import { markup, type Html } from '../../html.ts';

interface Steps {
  readonly system: string;
  readonly content: Html;
}

/** @param name of the authority, as the systems list it */
export function installSteps(name: string): readonly Steps[] {
  return [windows(name), mac(name), apple(name), android(name), chromium(), debian(), firefox(name)];
}

function windows(name: string): Steps {
  return {
    system: 'Windows: Edge, Chrome and other programs',
    content: markup`<ol>
        <li>Open <code>ca.crt</code> and choose “Install Certificate”, then “Current User”.</li>
        <li>Choose “Place all certificates in the following store”, “Browse”, “Trusted Root Certification Authorities”.</li>
        <li>Finish, agree to the warning, and restart the browser.</li>
      </ol>
      <div>The same in a terminal:<pre>certutil -user -addstore Root ca.crt</pre></div>
      <p>
        To remove it: run <code>certmgr.msc</code>, open “Trusted Root Certification Authorities”, “Certificates”, and
        delete “${name}”.
      </p>`,
  };
}

function mac(name: string): Steps {
  return {
    system: 'macOS: Safari, Chrome and other programs',
    content: markup`<ol>
        <li>Open <code>ca.crt</code>; Keychain Access adds it to the “login” keychain.</li>
        <li>Open “${name}” there, unfold “Trust”, and set “When using this certificate” to “Always Trust”.</li>
        <li>Close the window, give your password, and restart the browser.</li>
      </ol>
      <div>
        The same in a terminal:
        <pre>security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ca.crt</pre>
      </div>
      <p>To remove it: delete “${name}” in Keychain Access.</p>`,
  };
}

function apple(name: string): Steps {
  return {
    system: 'iPhone and iPad',
    content: markup`<ol>
        <li>Open <code>ca.mobileconfig</code> in Safari and allow the download.</li>
        <li>In Settings, General, “VPN &amp; Device Management”, install the profile “${name}”. It is shown as not signed.</li>
        <li>In Settings, General, About, “Certificate Trust Settings”, switch it on. Without this step nothing changes.</li>
      </ol>
      <p>To remove it: remove the profile in “VPN &amp; Device Management”.</p>`,
  };
}

function android(name: string): Steps {
  return {
    system: 'Android: Chrome',
    content: markup`<ol>
        <li>Save <code>ca.crt</code>.</li>
        <li>
          In Settings, search for “CA certificate” (mostly Security, “Encryption &amp; credentials”, “Install a certificate”),
          choose it, agree to the warning, and choose the file.
        </li>
      </ol>
      <p>Android may say from now on that the network may be monitored. It says that of every authority that was added.</p>
      <p>To remove it: “Trusted credentials”, “User”, choose “${name}”, “Uninstall”.</p>`,
  };
}

function chromium(): Steps {
  return {
    system: 'Linux: Chromium and Chrome',
    content: markup`<p>
        These keep authorities for each user. On Debian and Ubuntu, <code>certutil</code> is in the package
        <code>libnss3-tools</code>:
      </p>
      <pre>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Gatehouse -i ca.pem</pre>
      <p>
        If it says that there is no such database, make one first with
        <code>mkdir -p ~/.pki/nssdb &amp;&amp; certutil -d sql:$HOME/.pki/nssdb -N --empty-password</code>. Then
        restart the browser.
      </p>
      <div>To remove it:<pre>certutil -d sql:$HOME/.pki/nssdb -D -n Gatehouse</pre></div>`,
  };
}

function debian(): Steps {
  return {
    system: 'Debian and Ubuntu: curl, git and other programs',
    content: markup`<pre>sudo cp ca.pem /usr/local/share/ca-certificates/gatehouse.crt
sudo update-ca-certificates</pre>
      <p>Browsers do not look there; see Chromium above and Firefox below.</p>
      <div>
        To remove it:
        <pre>sudo rm /usr/local/share/ca-certificates/gatehouse.crt
sudo update-ca-certificates --fresh</pre>
      </div>`,
  };
}

function firefox(name: string): Steps {
  return {
    system: 'Firefox, on every system',
    content: markup`<p>
        On Windows and macOS Firefox follows the system: install it there as above. Elsewhere it has a list of its own:
      </p>
      <ol>
        <li>In Settings, search for “certificates”, and choose “View Certificates”, “Authorities”, “Import”.</li>
        <li>Choose <code>ca.crt</code> and tick “Trust this CA to identify websites”. “View” shows the fingerprint.</li>
      </ol>
      <p>To remove it: choose “${name}” in the same list, “Delete or Distrust”.</p>`,
  };
}
