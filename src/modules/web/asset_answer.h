// Answers for a file of the page.
//
// Shape    gzipped for who takes that, else as it is; 304 where the client has
//          it already. A Content-Security-Policy that lets the page load its
//          own files and nothing else, and run no inline script.
// Threads  pure functions.
// Source   RFC 9110 sections 8.8.3 (ETag), 13.1.2 (If-None-Match); CSP 3.
#pragma once

#include "assets.h"
#include "ntm/http/route.h"

namespace ntm::web {

HttpResponse AnswerAsset(const Asset& asset, const HttpRequest& request);

}  // namespace ntm::web
