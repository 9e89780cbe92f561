// How the program's own options are declared: one word or a list of words.
//
// Threads  start of the program only.
// Errors   what a parser throws, std::invalid_argument, becomes the message.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "option_values.h"

namespace ntm {

// Not CLI11's own "no limit": that one would also take words apart that look
// like its lists ("[13]").
constexpr int kManyWords = CLI::detail::expected_max_vector_size - 1;

// Declares an option of one word, which `parse` makes a value of.
template <typename T, typename Parse>
CLI::Option* AddOption(CLI::App& app, const std::string& names, T& value,
                       Parse parse, const std::string& type,
                       const std::string& help) {
  CLI::callback_t take = [&value, parse](const CLI::results_t& results) {
    value = static_cast<T>(parse(results.back()));
    return true;
  };
  return app.add_option(names, std::move(take), help)->type_name(type);
}

inline std::string ParsePath(const std::string& text) {
  if (text.empty()) throw std::invalid_argument("a path is missing");
  return text;
}

inline auto NumberFrom(uint64_t min, uint64_t max) {
  return [min, max](const std::string& text) {
    return ParseNumber(text, min, max);
  };
}

// Declares one that may be repeated and takes a list with commas; `parse` gets
// all of its words.
template <typename T, typename Parse>
CLI::Option* AddListOption(CLI::App& app, const std::string& names, T& value,
                           Parse parse, const std::string& type,
                           const std::string& help) {
  CLI::callback_t take = [&value, parse](const CLI::results_t& results) {
    value = parse(results);
    return true;
  };
  return app.add_option(names, std::move(take), help)
      ->type_name(type)
      ->expected(1, kManyWords)
      ->type_size(1)
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace ntm
