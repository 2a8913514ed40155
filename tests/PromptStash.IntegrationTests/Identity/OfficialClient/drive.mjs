// Drives an API with Better Auth's own client, and tells the test what went over the wire.
//
// One JSON document a line: {exchange} tells of a request, {ask} asks the test for something that only it can do (let time pass, compute
// a code, read the mail) and is answered with one line, {done} is the last.
import { createInterface } from "node:readline";
import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";

const [baseURL] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (document) => process.stdout.write(JSON.stringify(document) + "\n");

async function ask(question) {
  tell({ ask: question });
  return JSON.parse((await lines.next()).value);
}

const advance = (seconds) => ask({ what: "advance", seconds });
const codeOf = (secret) => ask({ what: "code", secret });
const linkTo = async (to, subject, nth = 1) => new URL(await ask({ what: "link", to, subject, nth }));

let step = null;

/** A browser: the official client with cookies of its own. Node's fetch sends Sec-Fetch-Mode, so it has to send an Origin too. */
function browser() {
  const jar = new Map();
  const customFetchImpl = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("Origin", baseURL);
    if (jar.size > 0) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(input, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    if (step === null) return response; // On the way to the next step.
    const text = await response.clone().text();
    tell({
      exchange: {
        name: step,
        method: init?.method ?? "GET",
        path: new URL(input).pathname.replace(/^\/api\/auth/, ""),
        status: response.status,
        body: text === "" ? null : JSON.parse(text),
        type: response.headers.get("content-type"),
        cache: response.headers.get("cache-control"),
        location: response.headers.get("location"),
        cookies: response.headers.getSetCookie(),
      },
    });
    return response;
  };
  return createAuthClient({ baseURL, plugins: [twoFactorClient()], fetchOptions: { customFetchImpl } });
}

/** Runs one step; what the client makes of the answer is told too. */
async function run(name, call) {
  step = name;
  const { data, error } = await call();
  step = null;
  tell({ result: { name, data: data ?? null, error: error ?? null } });
  return data;
}

const email = await ask({ what: "address" });
const password = "analytical engine no. 1";
const a = browser();
const b = browser();

await run("ok", () => a.$fetch("/ok"));
await run("sign up: too short", () => a.signUp.email({ name: "Ada", email, password: "short" }));
await run("sign up: too long", () => a.signUp.email({ name: "Ada", email, password: "x".repeat(129) }));
await run("sign up: no address", () => a.signUp.email({ name: "Ada", email: "nobody", password }));
await run("sign up", () => a.signUp.email({ name: "Ada", email: email.toUpperCase(), password }));
await run("sign up: taken", () => b.signUp.email({ name: "Eve", email, password }));
await run("get session", () => a.getSession());
await run("get session: nobody", () => b.getSession());
await run("get session: post", () => a.$fetch("/get-session", { method: "POST", body: {} }));
await run("sign in: wrong password", () => b.signIn.email({ email, password: "not the password" }));
await run("sign in: foreign callback", () => b.signIn.email({ email, password, callbackURL: "https://evil.example.net" }));
await run("sign in", () => b.signIn.email({ email, password }));
await run("sign in: not remembered", () => b.signIn.email({ email, password, rememberMe: false }));
await run("sign in: not JSON", () =>
  b.$fetch("/sign-in/email", { method: "POST", body: "x", headers: { "content-type": "text/plain" } }));

const sessions = await run("list sessions", () => a.listSessions());
const mine = (await a.getSession()).data.session.token;
await run("revoke session", () => a.revokeSession({ token: sessions.find((s) => s.token !== mine).token }));
await run("revoke session: unknown", () => a.revokeSession({ token: "nothing" }));
await run("list sessions: nobody", () => b.listSessions());
await run("revoke session: nobody", () => b.revokeSession({ token: mine }));
await run("revoke other sessions", () => a.revokeOtherSessions());
await run("revoke other sessions: nobody", () => b.revokeOtherSessions());
await run("revoke sessions", () => a.revokeSessions());
await run("revoke sessions: nobody", () => a.revokeSessions());
await a.signIn.email({ email, password });

await run("update user", () => a.updateUser({ name: "Ada King" }));
await run("update user: address", () => a.updateUser({ email: "other@example.com" }));
await run("update user: nothing", () => a.$fetch("/update-user", { method: "POST", body: {} }));
await run("update user: nobody", () => b.updateUser({ name: "Eve" }));

await run("send verification email: of somebody else", () => a.sendVerificationEmail({ email: "other@example.com" }));
await run("send verification email", () => a.sendVerificationEmail({ email, callbackURL: "/welcome" }));
const verify = (await linkTo(email, "Confirm your e-mail address", 2)).searchParams.get("token");
await run("verify email: callback", () => a.verifyEmail({ query: { token: "nothing", callbackURL: "/welcome" } }));
await run("verify email", () => a.verifyEmail({ query: { token: verify } }));
await run("verify email: again", () => a.verifyEmail({ query: { token: verify } }));
await run("send verification email: verified", () => a.sendVerificationEmail({ email }));

await run("change password: wrong", () => a.changePassword({ currentPassword: "not the password", newPassword: "difference engine" }));
await run("change password: nobody", () => b.changePassword({ currentPassword: password, newPassword: "difference engine" }));
await run("change password", () =>
  a.changePassword({ currentPassword: password, newPassword: "difference engine", revokeOtherSessions: true }));
await run("change password: others stay unnamed", () => a.changePassword({ currentPassword: "difference engine", newPassword: password }));

await run("change email: the same", () => a.changeEmail({ newEmail: email }));
await run("change email: nobody", () => b.changeEmail({ newEmail: "x" + email }));
await run("change email", () => a.changeEmail({ newEmail: "new-" + email, callbackURL: "/settings" }));

await run("request password reset: foreign page", () => b.requestPasswordReset({ email, redirectTo: "https://evil.example.net" }));
await run("request password reset", () => b.requestPasswordReset({ email, redirectTo: "/new-password" }));
const reset = (await linkTo(email, "Choose a new password")).pathname.split("/").at(-1);
await run("open password reset", () => b.$fetch(`/reset-password/${reset}`, { query: { callbackURL: "/new-password" } }));
await run("open password reset: unknown", () => b.$fetch("/reset-password/nothing", { query: { callbackURL: "/new-password" } }));
await run("reset password: too short", () => b.resetPassword({ newPassword: "short", token: reset }));
await run("reset password", () => b.resetPassword({ newPassword: password, token: reset }));
await run("reset password: again", () => b.resetPassword({ newPassword: password, token: reset }));
await a.signIn.email({ email, password });

await run("get TOTP URI: not enabled", () => a.twoFactor.getTotpUri({ password }));
await run("generate backup codes: not enabled", () => a.twoFactor.generateBackupCodes({ password }));
await run("enable two-factor: wrong password", () => a.twoFactor.enable({ password: "not the password" }));
await run("enable two-factor: nobody", () => b.twoFactor.enable({ password }));
const { totpURI } = await run("enable two-factor", () => a.twoFactor.enable({ password }));
const secret = new URL(totpURI).searchParams.get("secret");
await run("verify TOTP: nobody", () => b.twoFactor.verifyTotp({ code: "000000" }));
await run("verify TOTP: enrol", async () => a.twoFactor.verifyTotp({ code: await codeOf(secret) }));
await run("enable two-factor: again", () => a.twoFactor.enable({ password }));
await run("get TOTP URI", () => a.twoFactor.getTotpUri({ password }));
await run("get TOTP URI: wrong password", () => a.twoFactor.getTotpUri({ password: "not the password" }));
const { backupCodes } = await run("generate backup codes", () => a.twoFactor.generateBackupCodes({ password }));
await run("generate backup codes: wrong password", () => a.twoFactor.generateBackupCodes({ password: "not the password" }));

await run("sign in: second factor", () => b.signIn.email({ email, password }));
await run("verify TOTP: used code", async () => b.twoFactor.verifyTotp({ code: await codeOf(secret) }));
await advance(30);
await run("verify TOTP", async () => b.twoFactor.verifyTotp({ code: await codeOf(secret), trustDevice: true }));
await run("sign in: trusted device", () => b.signIn.email({ email, password }));
const c = browser();
await c.signIn.email({ email, password });
await run("verify backup code", () => c.twoFactor.verifyBackupCode({ code: backupCodes[0] }));
const d = browser();
await d.signIn.email({ email, password });
await run("verify backup code: again", () => d.twoFactor.verifyBackupCode({ code: backupCodes[0] }));
await run("verify backup code: nobody", () => browser().twoFactor.verifyBackupCode({ code: backupCodes[1] }));
for (let tried = 1; tried < 5; tried++) await d.twoFactor.verifyBackupCode({ code: "wrong-wrong" });
await run("verify backup code: too often", () => d.twoFactor.verifyBackupCode({ code: backupCodes[1] }));
await run("disable two-factor: wrong password", () => a.twoFactor.disable({ password: "not the password" }));
await run("disable two-factor", () => a.twoFactor.disable({ password }));
await run("sign in: no second factor any more", () => c.signIn.email({ email, password }));

const [account] = await run("list accounts", () => a.listAccounts());
await run("list accounts: nobody", () => d.listAccounts());
await run("sign in with a provider: unknown", () => d.signIn.social({ provider: "github", disableRedirect: true }));
await run("link a provider: unknown", () => a.linkSocial({ provider: "github", disableRedirect: true }));
await run("unlink account: nobody", () => d.unlinkAccount({ providerId: account.providerId, accountId: account.accountId }));
await run("unlink account: the last", () => a.unlinkAccount({ providerId: account.providerId, accountId: account.accountId }));

await run("sign out", () => c.signOut());
await run("sign out: nobody", () => c.signOut());
await run("unknown route", () => a.$fetch("/no-such-route"));

await advance(25 * 3600);
await run("list sessions: not fresh", () => a.listSessions());
await run("delete user: not fresh", () => a.deleteUser());
await run("delete user: wrong password", () => a.deleteUser({ password: "not the password" }));
await run("delete user: unknown link", () => a.$fetch("/delete-user/callback", { query: { token: "nothing" } }));
await run("delete user: nobody", () => d.deleteUser({ password }));
await run("delete user", () => a.deleteUser({ password }));
await run("sign in: deleted", () => a.signIn.email({ email, password }));

tell({ done: true });
process.exit(0);
