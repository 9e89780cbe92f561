// Includes the parts of Asio for C++20 coroutines that return errors as an
// error_code. Must come before any other Boost header.
//
// Source   Boost 1.74: awaitable.hpp uses std::exchange without <utility>;
//          ThreadSanitizer does not support the fences that Asio adds to its
//          mutexes.
#pragma once

#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#endif

// clang-format off
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
// clang-format on
