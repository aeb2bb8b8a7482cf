#pragma once

#include "cli/jobs/job_words.hpp"

#include <boost/json/array.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// How the table looks.
struct job_table_style {
    std::optional<std::size_t> width = {};  ///< of the terminal; none: nothing is cut
    wall_time now = {};
    std::size_t id_length = 8;  ///< characters of an id that are shown
};

/// The jobs as `list` prints them: a head, then a line each with id, name, state, progress,
/// priority, and a note where there is something to tell; one that does not fit behind its job
/// stands beneath. No jobs: an empty text.
/// @param jobs  Summaries, as summarize() makes them.
std::string job_table(const boost::json::array& jobs, job_table_style style);

/// How many characters, at least 8, tell the ids apart.
std::size_t unique_length(std::vector<std::string_view> ids);

}  // namespace ferry::cli
