// Answers requests for the files of the web page.
//
// Shape    gzipped if the client accepts that; 304 if the client has the
//          current version. The Content-Security-Policy allows the page to load
//          only its own files and no inline scripts.
// Threads  pure functions.
// Source   RFC 9110 sections 8.8.3 (ETag), 13.1.2 (If-None-Match); CSP 3.
#pragma once

#include "assets.h"
#include "ntm/http/route.h"

namespace ntm::web {

HttpResponse AnswerAsset(const Asset& asset, const HttpRequest& request);

}  // namespace ntm::web
