#pragma once

#include <ferry/upload_options.hpp>

#include <string>

namespace ferry::cli {

/// How this process uploads: so that the next one, or a job, can go on.
/// @param protocol  As job_settings::upload_protocol.
upload_options how_to_upload(const std::string& protocol = "auto");

}  // namespace ferry::cli
