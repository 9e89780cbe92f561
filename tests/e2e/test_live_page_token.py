"""Changes made on the web page when ntm requires a token."""

import contextlib
import json
import pathlib

import ntm_process
from page import TOKEN, PageCase

# bcrypt with the lowest cost, of "secret word".
HASH = "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy"
PERSON = ("alice", "secret word")
STATUS = "() => document.querySelector('.alert .status').textContent"
FIELD = "#token-field"


class LivePageTokenTest(PageCase):
    @contextlib.contextmanager
    def alerting(self):
        """A page with an alert, of an ntm that requires both a password
        and a token."""
        with ntm_process.open_folder() as folder:
            tokens = pathlib.Path(folder) / "tokens"
            web = pathlib.Path(folder) / "web.yml"
            tokens.write_text(TOKEN + "\n")
            web.write_text(f"basic_auth_users: {{alice: {HASH}}}\n")
            for file in (tokens, web):
                file.chmod(0o644)
            with self.ntm("--alerts.capture-down", "for 1s cool-down 0s",
                          "--token-file", tokens, "--web.config.file",
                          web) as ntm, self.page(ntm, person=PERSON) as page:
                page.wait("() => document.body.dataset.updated")
                self.here.ip("link", "set", "va", "down")
                page.evaluate("() => document.querySelector('#alerts')"
                              ".scrollIntoView({behavior: 'instant'})")
                page.wait("() => document.querySelector('.a-critical')")
                yield ntm, page

    def resolve(self, page):
        page.click(".a-critical button")

    def use(self, page, token):
        page.do("fill", selector=FIELD, value=token)
        page.do("press", key="Enter")

    def says(self, page, what):
        page.wait("(t) => document.querySelector('#token-state').textContent"
                  ".includes(t)", what)

    def test_an_alert_is_resolved_with_the_token_and_not_without(self):
        with self.alerting() as (ntm, page):
            self.assertFalse(self.shown(page))
            self.resolve(page)
            self.says(page, "need a token")
            page.wait("() => document.querySelector('.alert small')"
                      ".textContent.includes('--token-file')")
            self.assertTrue(self.shown(page))
            self.assertEqual(page.evaluate("() => document.activeElement.id"),
                             "token-field")
            self.assertEqual([found for found in page.do("axe") if
                              found["impact"] in ("serious", "critical")], [])
            self.use(page, "another-token")
            self.says(page, "was refused")
            self.assertEqual(page.evaluate(STATUS), "active")
            # The right token is used at once for the refused request.
            self.use(page, TOKEN)
            page.wait("() => document.querySelector('.alert .status')"
                      ".textContent.startsWith('resolved')")
            self.says(page, "is stored for this tab")
            self.assertEqual(page.text(".alert small"), "")
            alert, = self.alerts(ntm)
            self.assertTrue(alert["resolved"])

    def test_a_token_is_kept_for_the_tab_and_forgotten(self):
        with self.alerting() as (ntm, page):
            self.resolve(page)
            self.says(page, "need a token")
            self.use(page, TOKEN)
            self.says(page, "is stored for this tab")
            kept = "() => [...Object.values(%s)].join() + document.cookie"
            self.assertEqual(page.evaluate(kept % "sessionStorage"), TOKEN)
            self.assertNotIn(TOKEN, page.evaluate(kept % "localStorage"))
            self.assertEqual(page.evaluate(
                "() => document.querySelector('#token-field').value"), "")
            page.do("reload")
            self.says(page, "is stored for this tab")
            page.click("#token-forget")
            page.wait("() => document.querySelector('#token').hidden")
            self.assertEqual(page.evaluate(kept % "sessionStorage"), "")
            self.assertFalse(any(TOKEN in url for url in page.do("asked")))

    def shown(self, page):
        return page.evaluate("() => !document.querySelector('#token').hidden")

    def alerts(self, ntm):
        return json.loads(ntm.fetch(
            "/api/alerts?unresolved=false",
            headers={"Authorization": f"Bearer {TOKEN}"}).text)["alerts"]
