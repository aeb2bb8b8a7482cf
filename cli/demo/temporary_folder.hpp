#pragma once

#include <ferry/result.hpp>

#include <filesystem>
#include <memory>

namespace ferry::cli {

/// A new folder for us alone, removed with all that is in it at the end of its life.
class temporary_folder {
  public:
    /// In TMPDIR, else in /tmp.
    static result<std::unique_ptr<temporary_folder>> make();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder();

    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    explicit temporary_folder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace ferry::cli
