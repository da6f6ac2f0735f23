package org.matriarch.storage.file.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Read from {@code etc/org.matriarch.storage.file-<name>.cfg}; one file configures one store. */
@ObjectClassDefinition(
        name = "File store",
        description = "Keeps repositories in a directory of a local or mounted file system.")
@interface FileObjectStoreConfig {

    /** Returns the store's id; the key is {@code matriarch.store.id}, so it is also the service property. */
    @AttributeDefinition(name = "Store id", description = "Unique name by which servers refer to this store.")
    String matriarch_store_id();

    /** Returns the path of the directory. */
    @AttributeDefinition(
            name = "Directory",
            description = "Absolute path. It is made, for the owner only, when the first object is written.")
    String directory();

    /** Returns the reserve; two underscores make the one of the key, of which a single one would make a dot. */
    @AttributeDefinition(
            name = "Free space reserve (MiB)",
            description = "Refuse WAL and backup files that would leave less than this free, so that there is room to"
                    + " record the state of backups and to delete. 0 disables the check.",
            min = "0",
            required = false)
    long reserve__mebibytes() default 64;
}
